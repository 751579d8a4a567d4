"""What every virtual phone is made of, whatever system it plays: app processes, binder, the network, the clock."""
