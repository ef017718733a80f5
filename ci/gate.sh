#!/usr/bin/env bash
# Run the gate over a pull request. Settings come from the environment, so that no text of a pull request becomes a command:
#   ITSMCTL_BASE ITSMCTL_ROOT ITSMCTL_TICKETS ITSMCTL_ZONE ITSMCTL_AS_OF ITSMCTL_FAIL_ON ITSMCTL_LANG ITSMCTL_APPROVALS
# BASE_BRANCH is the branch to compare with where ITSMCTL_BASE names no revision; HEAD_COMMIT is what reviewers saw, where
# something else is checked out.
# Writes itsmctl-gate/comment.md, gate.md and gate.json; ends with the exit code of the gate.
set -euo pipefail

folder=itsmctl-gate
# A pull request may bring a folder of this name, with an answer that is not ours.
rm -rf "$folder"
mkdir "$folder"
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "folder=$folder" >>"$GITHUB_OUTPUT"; fi

finish() {
  # Without an answer, that of the last push must not stand there as if it were about this one.
  if [ ! -f "$folder/comment.md" ]; then
    local root=${ITSMCTL_ROOT:-.} heading="No answer" text="This change could not be judged: see the log of the job."
    if [ "${ITSMCTL_LANG:-en}" = zh ]; then heading="没有答案" text="无法判断本次变更：请查看作业日志。"; fi
    while [[ "$root" == ./* || "$root" == */ ]]; do root=${root#./} root=${root%/}; done
    root=${root:-.}
    printf '<!-- itsmctl gate %s -->\n## ❓ %s\n\n%s\n' "${root//--/- -}" "$heading" "$text" >"$folder/comment.md"
  fi
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$folder/comment.md" >>"$GITHUB_STEP_SUMMARY"; fi
}
trap finish EXIT

branch=${ITSMCTL_BASE:-origin/${BASE_BRANCH:-${GITHUB_BASE_REF:-main}}}
folder_of_base=""  # as in REVISION:FOLDER, where the definitions lay elsewhere
if [[ "$branch" == *:* ]]; then folder_of_base=:${branch#*:} branch=${branch%%:*}; fi
# What this branch changed since it left the other one, not what others have merged there meanwhile.
if ! base=$(git merge-base "$branch" HEAD); then
  echo "::error title=itsmctl gate::no common history with $branch; check out with fetch-depth: 0" >&2
  exit 2
fi
base=$base$folder_of_base
day=${ITSMCTL_AS_OF:-today}
if [ "$day" = today ]; then day=$(date +%F); fi

arguments=(--base "$base" --root "${ITSMCTL_ROOT:-.}" --as-of "$day" --fail-on "${ITSMCTL_FAIL_ON:-error}" --lang "${ITSMCTL_LANG:-en}" -q)
if [ -n "${ITSMCTL_ZONE:-}" ]; then arguments+=(--zone "$ITSMCTL_ZONE"); fi
while IFS= read -r path; do
  if [ -n "$path" ]; then arguments+=(--tickets "$path"); fi
done <<<"${ITSMCTL_TICKETS:-}"
if [ "${ITSMCTL_APPROVALS:-false}" = true ] && [ -n "${PULL_REQUEST:-}" ]; then
  if ! reviews=$(gh api --paginate "repos/$GITHUB_REPOSITORY/pulls/$PULL_REQUEST/reviews" \
    --jq '.[] | select(.user and (.state | IN("APPROVED", "CHANGES_REQUESTED", "DISMISSED"))) | [.user.login, .state, .commit_id] | @tsv'); then
    echo "::error title=itsmctl gate::cannot read the reviews; let the job read pull requests, or switch approvals off" >&2
    exit 2
  fi
  # Reviews stand in the order of time, and the last of each reviewer counts; an approval of an older commit counts for nothing.
  approved=$(awk -F '\t' -v head="${HEAD_COMMIT:-$(git rev-parse HEAD)}" \
    '{ last[$1] = $2 " " $3 } END { for (who in last) if (last[who] == "APPROVED " head) print who }' <<<"$reviews" | LC_ALL=C sort)
  while IFS= read -r who; do
    if [ -n "$who" ]; then arguments+=(--approved-by "$who"); fi
  done <<<"$approved"
fi

itsmctl gate "${arguments[@]}" --format "${ITSMCTL_FORMAT:-github}" \
  --also "markdown=$folder/comment.md" --also "json=$folder/gate.json" --full "$folder/gate.md"
