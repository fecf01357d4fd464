INSERT INTO delivery_tries (delivery, number, project, time, outcome, status, took_ms)
VALUES (:delivery, :number, :project, :time, :outcome, :status, :took_ms)
