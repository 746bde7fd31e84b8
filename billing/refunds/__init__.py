"""Money that goes back to whoever had paid it: surplus, and suspended money. One asks, another approves, a day it is paid."""
