import sys

from config import SettingsError
from fund.app import create_app

try:
    app = create_app()
except SettingsError as wrong:
    sys.exit(f"retainer: {wrong}")
