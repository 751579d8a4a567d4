"""The adb daemon: transport, streams and services (AOSP packages/modules/adb: protocol.txt, SERVICES.TXT, SYNC.TXT)."""
