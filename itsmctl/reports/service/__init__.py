"""The service quality report 服务质量报告: what was promised and delivered to customers in a period."""
