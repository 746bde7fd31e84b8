"""A client asks for a placement back: all of its cases that stand, each with a recall that may be answered by itself."""
