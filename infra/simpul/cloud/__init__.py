"""The cloud side: components on Alibaba Cloud. In: city, plan and what is there already. Out: CloudEstate."""

from simpul.cloud.estate import Cloud, find
from simpul.cloud.found import Found

__all__ = ["Cloud", "Found", "find"]
