-- What drafts are kept under has one form, kind:thing:person; half-written work goes on there.
update drafts set scope = case
    when scope like 'feature % by %'
        then regexp_replace(scope, '^feature (\S+) by (.*)$', 'feature:\1:\2')
    when scope like 'rating % % %'
        then regexp_replace(scope, '^rating (\S+) (\S+) (.*)$', 'rating:\1/\2:\3')
    when scope like 'experiment/%/%' or scope like 'note/%/%'
        then regexp_replace(scope, '^(experiment|note)/([^/]+)/(.*)$', '\1:\2:\3')
    else scope
end
where scope like 'feature % by %' or scope like 'rating % % %' or scope like 'experiment/%/%'
    or scope like 'note/%/%';
