"""What each bank line is: a payment on a case, a journal that expected it, or money that waits; always with reasons."""
