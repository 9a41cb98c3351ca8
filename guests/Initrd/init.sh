#!/bin/busybox sh
# The first process. Kernel command line:
#   dominion.ip=ADDRESS/BITS      gives the first network device an address
#   dominion.run="COMMANDS"       runs COMMANDS instead of an interactive shell, then powers off
/bin/busybox mkdir -p /proc /sys /dev /tmp /mnt /root
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox --install -s /bin
export PATH=/bin:/sbin HOME=/root PS1='# ' TERM=linux
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
hostname dominion

# Prints the value of a word of the kernel command line; a value with blanks is in double quotes.
option() {
    line=" $(cat /proc/cmdline) "
    case "$line" in *" $1="*) ;; *) return 1 ;; esac
    value=${line#*" $1="}
    case "$value" in
        \"*) value=${value#\"}; value=${value%%\"*} ;;
        *) value=${value%% *} ;;
    esac
    printf '%s\n' "$value"
}

# Drivers for the devices that are there: the PCI bus first, then the virtio bus that it brings; or Xen's.
for bus in pci virtio xen; do
    aliases=$(cat /sys/bus/$bus/devices/*/modalias 2>/dev/null | sort -u)
    [ -z "$aliases" ] || modprobe -qa $aliases
done

# Disks, CD-ROM drives and PS/2 devices come up by themselves once their controllers' drivers are there.
[ ! -d /sys/bus/scsi ] || modprobe -qa sd_mod sr_mod isofs
[ ! -d /sys/bus/serio ] || modprobe -qa psmouse mousedev evdev

# Xen's devices come up when both of their ends have agreed.
for device in /sys/bus/xen/devices/vbd-* /sys/bus/xen/devices/vif-*; do
    case "$device" in *vbd-*) child=block ;; *) child=net ;; esac
    tries=100
    while [ -d "$device" ] && [ ! -d "$device/$child" ] && [ $tries -gt 0 ]; do
        sleep 0.1
        tries=$((tries - 1))
    done
done

ip link set lo up 2>/dev/null
if address=$(option dominion.ip); then
    device=$(ls /sys/class/net | grep -v '^lo$' | head -n 1)
    if [ -n "$device" ]; then
        ip address add "$address" dev "$device"
        ip link set "$device" up
    else
        echo "dominion.ip: there is no network device"
    fi
fi

cd /root
if commands=$(option dominion.run); then
    sh -c "$commands"
    echo "dominion.run: exit status $?"
else
    echo "busybox on Linux $(uname -r); 'poweroff -f' ends the machine."
    setsid cttyhack sh
fi
sync
poweroff -f
