/** YAML files that people write, read strictly: what is wrong is said in one line, with the line in the file. */
@NullMarked
package io.reflux.student.yaml;

import org.jspecify.annotations.NullMarked;
