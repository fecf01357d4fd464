-- Whether something in the manifest may not be used any more: its mark ended or says
-- less, or somebody asked to be erased since the building began.
SELECT EXISTS (
  SELECT 1
  FROM dataset_items i
  JOIN datasets d ON d.id = i.dataset
  LEFT JOIN dataset_marks m ON m.project = i.project AND m.purpose = d.purpose AND m.feedback = i.feedback
  WHERE i.project = :project AND i.dataset = :dataset AND i.number = :number
    AND (m.feedback IS NULL OR m.texts < i.texts OR i.attachment <> '' AND m.attachment <> i.attachment)
) OR EXISTS (
  SELECT 1
  FROM dataset_people p
  JOIN dataset_versions v ON v.dataset = p.dataset AND v.number = p.number
  JOIN erasure_respondents r ON r.respondent = p.respondent
  JOIN erasures e ON e.id = r.erasure AND e.project = p.project
  WHERE p.project = :project AND p.dataset = :dataset AND p.number = :number AND e.requested_at >= v.begun_at
)
