"""The columns of a world's files: names, types, units, meaning; what reads and writes them uses it."""

from __future__ import annotations

ECONOMY_COLUMNS = ("code", "name", "gdp_musd")
SERVICES = ("services_percent", "services_source")
FILLED = ("filled_percent", "filled_by")
FACT_COLUMNS = ("population", "area_km2", "region", "income_group", *SERVICES, *FILLED, "imputed")
TRADE_COLUMNS = ("exporter", "importer", "value_musd")
EMISSION_COLUMNS = ("economy", "sector", "value_mt")
TARIFF_COLUMNS = ("exporter", "importer", "rate")

#: Frictionless description of every column.
FIELDS = {
    "code": {"type": "string", "description": "ISO 3166 alpha-3, or a code of this world's own"},
    "name": {"type": "string", "description": "English name"},
    "gdp_musd": {"type": "number", "description": "GDP in current prices", "unit": "USD million"},
    "population": {"type": "integer", "description": "persons"},
    "area_km2": {"type": "number", "description": "land and inland water", "unit": "km²"},
    "region": {"type": "string", "description": "UN geoscheme region"},
    "income_group": {"type": "string", "description": "World Bank income group"},
    "services_percent": {
        "type": "number",
        "description": "services in exports plus imports of goods and services",
        "unit": "percent",
    },
    "services_source": {"type": "string", "description": "what services_percent is from"},
    "filled_percent": {
        "type": "number",
        "description": "goods trade that the source lacks and that is filled in; blank: none",
        "unit": "percent of exports plus imports",
    },
    "filled_by": {"type": "string", "description": "what it is filled in from, percent of each"},
    "imputed": {
        "type": "string",
        "description": "what an imputed economy rests on; blank: measured",
    },
    "exporter": {"type": "string", "description": "who sells, a code of economies.csv"},
    "importer": {"type": "string", "description": "who buys; the exporter itself: domestic sales"},
    "value_musd": {
        "type": "number",
        "description": "sales as customs record them, before any tariff",
        "unit": "USD million",
    },
    "rate": {"type": "number", "description": "ad-valorem tariff; 0.10 is ten percent"},
    "mfn": {"type": "number", "description": "rate of the pair without preferences; blank: rate"},
    "source": {
        "type": "string",
        "description": "what the rate rests on: measured, importer-mean, agreement; blank: not said",
    },
    "sector": {"type": "string", "description": "sector; absent in a world of one"},
    "elasticity": {"type": "number", "description": "trade elasticity; blank: not traded"},
    "economy": {"type": "string", "description": "a code of economies.csv"},
    "value_mt": {"type": "number", "description": "CO2 of the sector", "unit": "million tonnes"},
    "share": {"type": "number", "description": "share of gross output, or of final consumption"},
    "using": {"type": "string", "description": "sector that buys the input"},
    "supplying": {"type": "string", "description": "sector that the input comes from"},
}
