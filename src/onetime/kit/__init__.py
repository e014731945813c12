"""Small tools that know nothing of garages, stations or databases."""
