package nara.journey;

import java.util.Optional;

/**
 * The part of a node in journeys.
 *
 * @param disabledReason why it takes and starts none, such as "this node is read-only"; empty when
 *     it does
 * @param usesPlaza whether it has a broker, where completions are published
 */
public record JourneyConfig(Optional<String> disabledReason, boolean usesPlaza) {}
