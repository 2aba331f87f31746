/**
 * Files of data sets: found, decompressed where needed, and every failure told in one line that names the file.
 */
@NullMarked
package io.reflux.data.file;

import org.jspecify.annotations.NullMarked;
