CREATE VIEW measure_opt_out_rate AS
SELECT m.client_id, m.channel, m.at, '' AS part,
    EXISTS (SELECT 1 FROM consent c WHERE c.client_id = m.client_id AND c.channel = m.channel AND c.address_hash = m.address_hash
            AND c.status = 'revoked' AND c.at >= m.at) AS is_hit, CAST(NULL AS numeric) AS amount
FROM (SELECT client_id, channel, address_hash, min(accepted_at) AS at FROM message
      WHERE audience = 'contact' AND accepted_at IS NOT NULL GROUP BY client_id, channel, address_hash) m
