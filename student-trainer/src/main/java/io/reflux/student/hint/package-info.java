/**
 * Hint training: the student's hidden layers are matched with the teacher's, through regressors that train along and are
 * not exported (Romero et al. 2015, arXiv:1412.6550).
 */
@NullMarked
package io.reflux.student.hint;

import org.jspecify.annotations.NullMarked;
