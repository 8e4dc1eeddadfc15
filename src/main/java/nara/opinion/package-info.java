/**
 * What this node thinks of the others: nothing before the recovery is done, then status and opinion
 * from the ledger.
 *
 * <p>May know the messages of ledger, plaza and recovery.
 */
package nara.opinion;
