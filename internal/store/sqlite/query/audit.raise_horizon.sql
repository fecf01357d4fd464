UPDATE audit_horizon SET until = :until
