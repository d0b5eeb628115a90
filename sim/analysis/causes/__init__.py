"""Why an outcome came: routes, importance of their links, cut sets, first forks."""
