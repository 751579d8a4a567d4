"""What leaves and reaches a phone, packet by packet, as the emulator's `-tcpdump FILE` writes it."""
