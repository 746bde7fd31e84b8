"""The contact guard: may this person be contacted about this case, on this channel, now?"""
