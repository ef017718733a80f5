#!/usr/bin/env bash
# Run the gate over a pull request. Settings come from the environment, so that no text of a pull request becomes a command:
#   ITSMCTL_BASE ITSMCTL_ROOT ITSMCTL_TICKETS ITSMCTL_ZONE ITSMCTL_AS_OF ITSMCTL_FAIL_ON ITSMCTL_LANG ITSMCTL_APPROVALS
# Writes itsmctl-gate/comment.md, gate.md and gate.json; ends with the exit code of the gate.
set -euo pipefail

folder=itsmctl-gate
branch=${ITSMCTL_BASE:-origin/${GITHUB_BASE_REF:-main}}
# What this branch changed since it left the other one, not what others have merged there meanwhile.
if ! base=$(git merge-base "$branch" HEAD); then
  echo "::error title=itsmctl gate::no common history with $branch; check out with fetch-depth: 0" >&2
  exit 2
fi
day=${ITSMCTL_AS_OF:-today}
if [ "$day" = today ]; then day=$(date +%F); fi

arguments=(--base "$base" --root "${ITSMCTL_ROOT:-.}" --as-of "$day" --fail-on "${ITSMCTL_FAIL_ON:-error}" --lang "${ITSMCTL_LANG:-en}" -q)
if [ -n "${ITSMCTL_ZONE:-}" ]; then arguments+=(--zone "$ITSMCTL_ZONE"); fi
while IFS= read -r path; do
  if [ -n "$path" ]; then arguments+=(--tickets "$path"); fi
done <<<"${ITSMCTL_TICKETS:-}"
if [ "${ITSMCTL_APPROVALS:-false}" = true ] && [ -n "${PULL_REQUEST:-}" ]; then
  # Whoever approved last, and did not take it back; an approval of an older commit counts for nothing.
  approved=$(gh api --paginate "repos/$GITHUB_REPOSITORY/pulls/$PULL_REQUEST/reviews" \
    --jq ".[] | select(.state == \"APPROVED\" and .commit_id == \"$(git rev-parse "HEAD^2" 2>/dev/null || git rev-parse HEAD)\") | .user.login")
  while IFS= read -r who; do
    if [ -n "$who" ]; then arguments+=(--approved-by "$who"); fi
  done <<<"$approved"
fi

mkdir -p "$folder"
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "folder=$folder" >>"$GITHUB_OUTPUT"; fi
status=0
itsmctl gate "${arguments[@]}" --format "${ITSMCTL_FORMAT:-github}" \
  --also "markdown=$folder/comment.md" --also "json=$folder/gate.json" --full "$folder/gate.md" || status=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$folder/comment.md" ]; then cat "$folder/comment.md" >>"$GITHUB_STEP_SUMMARY"; fi
exit "$status"
