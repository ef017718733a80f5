#!/usr/bin/env bash
# Keep one comment on a pull request up to date: comment.sh FILE, whose first line is the marker of the comment.
# Needs gh, GITHUB_REPOSITORY, PULL_REQUEST and GH_TOKEN. Where it may not write (a fork), it says so and fails nothing.
set -euo pipefail

file=$1
if [ ! -f "$file" ]; then exit 0; fi
marker=$(head -n 1 "$file")
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
found=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$found" ]; then
  call=(--method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$found")
else
  call=(--method POST "$comments")
fi
if ! gh api "${call[@]}" --field "body=@$file" --silent; then
  echo "::notice title=itsmctl gate::the comment could not be written; see the summary of the job"
fi
