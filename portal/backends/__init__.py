"""The servers that `portal up` brings along, for a machine that has none."""
