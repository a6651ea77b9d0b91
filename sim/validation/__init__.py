"""The model against history: what states and bodies did in past crises, and how well a forecast of it does."""
