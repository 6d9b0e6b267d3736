# The test writes the session to start after the login into ~/session.
export PS1='$ '
case $(cat ~/session 2>/dev/null) in
x11) exec xinit ~/.xsession -- /usr/lib/xorg/Xorg :0 vt1 -keeptty -nolisten tcp >~/session.log 2>&1 ;;
sway) exec env WLR_RENDERER=pixman sway >~/session.log 2>&1 ;;
esac
