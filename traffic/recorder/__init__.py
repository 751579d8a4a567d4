"""The recording proxy: mitmdump in a process of its own, with our addons. Nothing else here imports mitmproxy."""
