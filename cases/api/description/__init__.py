"""The description of API v1 (OpenAPI 3.1), written by hand and held against the routes by a test."""
