from .addresses import check_url as check_url, get_host as get_host, is_loopback as is_loopback
from .client import Answer as Answer, Client as Client
from .errors import FetchFailed as FetchFailed, Late as Late, Refused as Refused
from .pacing import Turn as Turn, obey_wait as obey_wait, take_turn as take_turn, wait as wait
from .permission import Permission as Permission, check_reserved as check_reserved
from .wire import gunzip as gunzip
