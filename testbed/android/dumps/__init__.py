"""What each system service says of itself when `dumpsys` asks, level by level where that differs."""
