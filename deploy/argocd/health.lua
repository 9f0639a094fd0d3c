-- Health of a Release or a ReleasePolicy, from its conditions.
local by = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    by[condition.type] = condition
  end
end
local function is(kind)
  return by[kind] ~= nil and by[kind].status == "True"
end
local function health(status, kind)
  local message = by[kind] ~= nil and by[kind].message or "not looked at yet"
  return { status = status, message = message }
end
local seen = obj.status ~= nil and obj.status.observedGeneration or nil
if by.Ready == nil or (seen ~= nil and seen ~= obj.metadata.generation) then
  return health("Progressing", "none")
end
if is("Stalled") then
  return health("Degraded", "Stalled")
end
if is("Waiting") then
  return health("Suspended", "Waiting")
end
if is("Ready") then
  return health("Healthy", "Ready")
end
return health("Progressing", "Ready")
