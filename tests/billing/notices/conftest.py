from tests.billing.invoices.conftest import letterbox, stored

__all__ = ["letterbox", "stored"]
