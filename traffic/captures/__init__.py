"""Captures that somebody else recorded: HAR, mitmproxy's flows, pcap(ng). Hostile until read to the end."""
