"""Where OpenEnv tools look for the application."""
