"""A folder of scans at once: sent, matched to cases by its names, decided on, filed."""
