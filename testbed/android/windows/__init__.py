"""What the system puts over apps: permission and other dialogs, keyguard, notification shade, recent apps."""
