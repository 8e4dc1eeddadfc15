/**
 * The management port: health, readiness, the recovery's report while it grows.
 *
 * <p>May know the messages of recovery, ledger and cluster.
 */
package nara.web;
