"""What a claim may come to besides money: goods returned, set-off, collateral, an extension with a guarantee, a standstill."""
