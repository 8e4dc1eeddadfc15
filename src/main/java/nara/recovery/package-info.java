/**
 * Boot recovery: the plan (a pure state machine), the report, and the coordinator that carries the
 * plan out.
 *
 * <p>May know the messages of the others.
 */
package nara.recovery;
