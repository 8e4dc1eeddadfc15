/**
 * The management port: health, readiness, the recovery's report, the state of the cluster.
 *
 * <p>May know the messages of recovery and cluster.
 */
package nara.web;
