# Everything that a person, CI or a script does with the project. `make` alone lists the targets.
#
# Variables of `run`: PORT (7071), DATA (.local: all state), FASTA (a file to make a database of), TRACE=1 (more logs),
# CLUSTER=standin (a cluster to search on; HISTORY=batch-fails makes something go wrong there).
# `simulate`: SEED (the first seed), N (how many), PLANT (a fault to plant).
# `fault`: S (the suite), N (rounds), SEED (repeats a run).
# `test-cluster`: KUBECONFIG (its current context), NAMESPACE (default), IMAGE (one with a shell).
# Others: PROFILE (dev; cargo profile of `stage`), CHROME (the browser of the tests).

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test test-all test-histories test-cluster simulate bench fault lint fmt stage package tools openapi clean-local build page node

export PORT DATA FASTA TRACE PROFILE CHROME SAMPLES S N SEED ROW PLANT CLUSTER HISTORY CLUSTER_TIME_SCALE
export KUBECONFIG NAMESPACE IMAGE

help: ## Lists these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: tools stage ## Runs everything on this machine until Ctrl-C; PORT=7071 DATA=.local FASTA=my.fa CLUSTER=standin TRACE=1
	@node infra/local/run.mjs

test: tools-for-tests stage ## What CI runs: lint, units, page, scripts, samples, the real chain, the browser
	@node infra/local/suites.mjs test

test-all: tools-for-tests stage ## The long rest: all of `test` with more cases, and the package in an empty folder
	@node infra/local/suites.mjs test-all

test-histories: node ## What may befall a search on a cluster, played in memory: a row for each history
	@node infra/local/histories.mjs

test-cluster: node ## The cluster suite on any cluster, in one namespace, cleaning up: KUBECONFIG=<file> NAMESPACE=default IMAGE=
	@node infra/local/cluster-suite.mjs

simulate: node ## The control plane in one thread from seeds, and what must hold; SEED=1 N=500 PLANT=HastyCancel
	@node infra/local/simulate.mjs

fault: node ## Searches under kills, storage faults, a full disk, wrong clocks, a bad cluster; S=search|elastic N=30 SEED=1
	@node infra/local/fault.mjs

lint: page-packages ## Formatters, clippy, type checks, schema drift, licences
	@node infra/local/suites.mjs lint

fmt: page-packages ## Formats Rust and the page
	@cargo fmt --all
	@npm --prefix web run --silent format

bench: tools page ## Speed and memory beside BLAST+ itself: S=search|app|logs, ROW=<one row>; takes a release build
	@node infra/local/bench.mjs $(S)

stage: build page ## Lays the script root out in target/app and prints its path; PROFILE=dev
	@node infra/local/stage.mjs

package: page ## The zip that Azure takes: its path, size and sha256
	@node infra/local/package.mjs

tools: node ## Installs what is missing: Azurite, BLAST+
	@node infra/local/tools.mjs

openapi: node page-packages ## Writes web/openapi.json from the Rust types, and the page's types from it
	@node infra/local/openapi.mjs write

clean-local: node ## Takes away what `make run` keeps: jobs, databases, caches, samples; DATA=.local
	@node infra/local/clean.mjs

.PHONY: tools-for-tests page-packages

tools-for-tests: node
	@node infra/local/tools.mjs --tests

build: node
	@node infra/local/build.mjs

page: node
	@node infra/local/page.mjs

page-packages: node
	@node infra/local/page.mjs --install

node:
	@command -v node >/dev/null || { echo "Node 20.19 or later is needed (node was not found): https://nodejs.org" >&2; exit 2; }
