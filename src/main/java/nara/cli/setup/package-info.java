/** Commands for an installation: the version, a first configuration, the files of packages. */
@MayKnow({"cli.file", "node.config"})
package nara.cli.setup;

import nara.MayKnow;
