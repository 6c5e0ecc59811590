"""What happens to the demo companies in a year, in the accounts of their charts. Names and figures are made up."""

from dataclasses import dataclass
from typing import Final

from backfill.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Buyer:
    """Buys once a month on `day` for about `amount` with tax, and pays `days` later. `town` is «postal code, town»."""

    name: str
    day: int
    amount: int
    days: int
    tax_code: str
    revenue: str
    street: str
    town: str
    country: str
    vat_id: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """Falls due every `every` months on `day`: about `amount` with its tax, on `account` against `contra`."""

    memo: str
    day: int
    amount: str
    account: str
    contra: str
    tax_code: str = ""
    varies: bool = True
    every: int = 1


@dataclass(frozen=True, slots=True)
class Good:
    """Sold at `price` without tax. `on_hand` pieces were bought at `cost` each; a service has none."""

    name: str
    sku: str
    price: str
    tax_code: str
    cost: str = ""
    on_hand: int = 0
    reorder_point: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """`goods` are a machine, what it needs, and a service. The first two are all the stock; what else is bought for
    resale is an expense at once. `opening` has the balances to begin with, without the stock, `drafts` the work that
    is left for the visitor."""

    bank: str
    receivables: str
    payables: str
    prefix: str
    buyers: tuple[Buyer, ...]
    costs: tuple[Cost, ...]
    goods: tuple[Good, Good, Good]
    opening: tuple[tuple[str, str], ...]
    drafts: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]


US = Story(
    bank="1000",
    receivables="1100",
    payables="2000",
    prefix="INV-",
    buyers=(
        Buyer("Harbor Coffee Roasters", 3, 9_400, 28, "RESALE", "4000", "14 Pier Street", "02109, Boston, MA", "US"),
        Buyer("Maple Street Market", 6, 6_250, 21, "ST-NY", "4000", "220 Maple Street", "12207, Albany, NY", "US"),
        Buyer("Blue Ridge Hotels", 11, 12_800, 30, "RESALE", "4000", "9 Summit Drive", "28801, Asheville, NC", "US"),
        Buyer("Lakeside Bistro", 15, 4_150, 14, "ST-NY", "4000", "3 Shore Road", "12845, Lake George, NY", "US"),
        Buyer("Hudson Office Park", 19, 5_600, 30, "ST-NY", "4010", "5 Hudson Avenue", "12601, Poughkeepsie, NY", "US"),
        Buyer("Granite Fitness", 24, 3_350, 20, "ST-NY", "4000", "71 Quarry Lane", "12866, Saratoga Springs, NY", "US"),
    ),
    costs=(
        Cost("Rent of warehouse and office", 1, "3200.00", "6320", "1000", varies=False),
        Cost("Goods from Summit Wholesale", 4, "12300", "5000", "2000"),
        Cost("Goods from Pacific Imports", 17, "8200", "5000", "2000"),
        Cost("Electricity and water", 9, "415", "6380", "2000"),
        Cost("Telephone and internet", 12, "189.00", "6350", "2000", varies=False),
        Cost("Software subscriptions", 14, "264.00", "6340", "1000", varies=False),
        Cost("Online advertising", 20, "740", "6200", "2000"),
        Cost("Office supplies", 22, "160", "6300", "1000"),
        Cost("Freight and postage", 26, "520", "6310", "2000"),
        Cost("Salaries and wages", 28, "8600.00", "6000", "1000", varies=False),
        Cost("Payroll taxes", 28, "657.90", "6010", "1000", varies=False),
        Cost("Bank fees", 28, "35.00", "6220", "1000", varies=False),
        Cost("Interest on the equipment loan", 28, "131.25", "7700", "1000", varies=False),
        Cost("Depreciation of equipment", 28, "500.00", "6100", "1590", varies=False),
        Cost("Business insurance", 5, "1180.00", "6260", "1000", varies=False, every=3),
        Cost("Sales tax paid to the state", 18, "1900", "2200", "1000", every=3),
        Cost("Trade fair trip", 16, "1350", "6370", "1000", every=4),
    ),
    goods=(
        Good("Espresso machine E2", "E2-220", "1480.00", "ST-NY", cost="742.00", on_hand=14, reorder_point=5),
        Good("Coffee beans, 5 lb bag", "CB-5", "64.00", "ST-NY", cost="31.50", on_hand=90, reorder_point=40),
        Good("Setup and training, hour", "SRV-1", "95.00", "ST-NY"),
    ),
    opening=(
        ("1000", "46820.15"), ("1100", "21400.00"), ("1530", "36000.00"), ("1590", "-9000.00"),
        ("2000", "-14805.40"), ("2200", "-2150.75"), ("2500", "-30000.00"), ("3000", "-35000.00"),
        ("3200", "-13264.00"),
    ),
    drafts=(
        ("Team lunch, receipt missing", (("6290", "148.60", ""), ("1000", "-148.60", ""))),
        ("New laptop, to be checked", (("1530", "1899.00", ""),)),
        ("Repair of the forklift", (("6330", "612.00", ""), ("2000", "-612.00", ""))),
    ),
)  # fmt: skip

GERMAN = Story(
    bank="1200",
    receivables="1400",
    payables="1600",
    prefix="RE-",
    buyers=(
        Buyer("Hafenkontor Bremen", 2, 11_900, 30, "UST19", "8400", "Am Speicher 8", "28217, Bremen", "DE"),
        Buyer("Café Lindenhof", 7, 3_450, 14, "UST7", "8300", "Lindenweg 3", "21335, Lüneburg", "DE"),
        Buyer("Autohaus Elbtal", 10, 8_330, 21, "UST19", "8400", "Elbuferstraße 40", "01139, Dresden", "DE"),
        Buyer("Atelier Waldstraße", 14, 2_680, 14, "UST19", "8400", "Waldstraße 17", "04105, Leipzig", "DE"),
        Buyer(
            "Brasserie du Port, Strasbourg", 18, 5_200, 30, "UST0-IGL", "8125",
            "5 quai des Pêcheurs", "67000, Strasbourg", "FR", "FR40303265045",
        ),
        Buyer("Stadtwerke Nordheim", 23, 9_150, 30, "UST19", "8400", "Werkstraße 1", "37154, Nordheim", "DE"),
    ),
    costs=(
        Cost("Miete Büro und Lager", 1, "2618.00", "4210", "1200", "VST19", varies=False),
        Cost("Wareneinkauf Großhandel Süd", 5, "16900", "3400", "1600", "VST19"),
        Cost("Wareneinkauf Jansen B.V., Rotterdam", 13, "5400", "3425", "1600", "VST-IGE19"),
        Cost("Strom und Wasser", 8, "486", "4240", "1600", "VST19"),
        Cost("Telefon und Internet", 11, "142.80", "4920", "1600", "VST19", varies=False),
        Cost("Software aus Irland", 12, "219.00", "3123", "1600", "VST-13B19", varies=False),
        Cost("Werbung", 19, "655", "4600", "1600", "VST19"),
        Cost("Bürobedarf", 21, "138", "4930", "1200", "VST19"),
        Cost("Fahrzeugkosten", 24, "402", "4530", "1200", "VST19"),
        Cost("Gehälter", 28, "9450.00", "4120", "1200", varies=False),
        Cost("Sozialversicherung, Arbeitgeberanteil", 27, "1962.40", "4130", "1200", varies=False),
        Cost("Kontoführung", 28, "24.90", "4970", "1200", varies=False),
        Cost("Darlehenszinsen", 28, "168.75", "2110", "1200", varies=False),
        Cost("Abschreibung Büroausstattung", 28, "410.00", "4830", "0410", varies=False),
        Cost("Betriebshaftpflicht", 4, "890.00", "4360", "1200", varies=False, every=6),
        Cost("Umsatzsteuer-Vorauszahlung", 10, "3150", "1780", "1200"),
        Cost("Steuerberatung", 16, "714.00", "4955", "1600", "VST19", varies=False, every=3),
    ),
    goods=(
        Good("Espressomaschine E2", "E2-220", "1390.00", "UST19", cost="695.00", on_hand=11, reorder_point=4),
        Good("Kaffeebohnen, Sack zu 5 kg", "KB-5", "89.00", "UST7", cost="46.20", on_hand=60, reorder_point=25),
        Good("Einrichtung und Schulung, Stunde", "DL-1", "85.00", "UST19"),
    ),
    opening=(
        ("1200", "52340.80"), ("1000", "640.00"), ("1400", "18920.00"), ("0410", "24600.00"),
        ("1600", "-12480.55"), ("0650", "-45000.00"), ("0800", "-25000.00"), ("0860", "-14020.25"),
    ),
    drafts=(
        ("Bewirtung, Beleg fehlt noch", (("4650", "124.95", "VST19"), ("1000", "-124.95", ""))),
        ("Neuer Schreibtisch, Konto prüfen", (("0420", "773.50", "VST19"),)),
        ("Reparatur Lieferwagen", (("4530", "595.00", "VST19"), ("1600", "-595.00", ""))),
    ),
)  # fmt: skip

STORIES: Final[dict[str, Story]] = {Company.Chart.US: US, Company.Chart.SKR03: GERMAN}
