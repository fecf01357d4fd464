-- Whether what joined a finding by itself, and is of this kind now, belongs to it no more.
SELECT EXISTS (
  SELECT 1
  FROM findings f, json_each(f.selection, '$.filter') d
  WHERE f.project = :project
    AND f.id = :finding
    AND json_type(f.selection, '$.filter') = 'object'
    AND NOT EXISTS (SELECT 1 FROM finding_feedback t WHERE t.finding = f.id AND t.feedback = :feedback AND t.project = :project AND t.taken = 0)
    AND NOT EXISTS (
      SELECT 1
      FROM inbox_kinds k, json_each(d.value) v
      WHERE k.project = :project
        AND k.id = :kind
        AND (v.value = '' AND json_type(k.facets, '$.' || d.key) IS NULL
             OR EXISTS (SELECT 1 FROM json_each(k.facets, '$.' || d.key) x WHERE x.value = v.value))))
