#!/usr/bin/env bash
# Keep one comment on a pull request up to date: comment.sh FILE, whose first line is the marker of the comment.
# Needs gh, GITHUB_REPOSITORY, PULL_REQUEST and GH_TOKEN. Where it may not read or write (a fork), it says so and fails nothing.
set -euo pipefail

file=$1
if [ ! -f "$file" ]; then exit 0; fi
MARKER=$(head -n 1 "$file")
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
unwritten() {
  echo "::notice title=itsmctl gate::the comment could not be written; see the summary of the job"
  exit 0
}
# Our own comment only: whoever writes one that begins like it could change, as its author, what the gate says in it.
ME=$(gh api graphql --raw-field 'query={viewer{login}}' --jq .data.viewer.login) || unwritten
export MARKER ME
found=$(gh api --paginate "$comments" --jq '.[] | select(.user.login == env.ME and (.body | startswith(env.MARKER))) | .id') || unwritten
found=${found%%$'\n'*}
if [ -n "$found" ]; then
  call=(--method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$found")
else
  call=(--method POST "$comments")
fi
gh api "${call[@]}" --field "body=@$file" --silent || unwritten
