/** What all commands share in speaking to people and scripts: one-line errors, exit codes, log levels, tables, JSON. */
@NullMarked
package io.reflux.app.console;

import org.jspecify.annotations.NullMarked;
