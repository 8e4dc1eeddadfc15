/**
 * Bounds and safety for untrusted input: bounded maps, rate limits, printable text, one log line
 * per problem.
 */
@MayKnow({})
package nara.bounds;

import nara.MayKnow;
