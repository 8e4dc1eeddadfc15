package nara.node.config;

import java.util.List;
import nara.identity.Identity;

/**
 * An identity with the source of its soul.
 *
 * @param origin where the soul came from, such as {@code identity.soul_file (/etc/nara/soul)}
 * @param notes sentences for the operator
 */
public record ChosenIdentity(Identity identity, String origin, List<String> notes) {}
