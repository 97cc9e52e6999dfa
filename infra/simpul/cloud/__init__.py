"""The cloud side: components on Alibaba Cloud. In: city and plan. Out: CloudEstate."""

from simpul.cloud.estate import Cloud

__all__ = ["Cloud"]
